"""Templates for the reader of them; tests/proofs/test_templates.py renders the same ones."""

from __future__ import annotations

# What comes out otherwise where it is not escaped.
ESCAPED = (
    "{{ value }}",
    "{{- value -}}",
    "{{ data['value'] }}",
    "{{ data.get('value') }}",
    "{{ value|upper }}",
    "{{ value|default('none') }}",
    "{{ value or 'none' }}",
    "{{ value if value else '' }}",
    "{{ 'a' ~ value }}",
    "{{ ('a' + value) }}",
    "{{ '%s' % value }}",
    "{{ '%s'|format(value) }}",
    "{{ ', '.join([value]) }}",
    "{{ [value]|join(', ') }}",
    "{{ '<i>' }}",
    "{% for one in [value] %}{{ one }}{% endfor %}",
    "{% set text %}{{ value }}{% endset %}{{ text }}",
    "{% filter upper %}{{ value }}{% endfilter %}",
    "{% autoescape true %}{{ value }}{% endautoescape %}{{ value }}",
    "{% raw %}{{ value }}{% endraw %}{{ value }}",
    "{# {{ #}{{ value }}",
    "{{ '}}' ~ value }}",
)
# What comes out as before.
HARMLESS = (
    "",
    "value",
    "{% if value %}yes{% endif %}",
    "{{ value|e }}",
    "{{ value|escape|upper }}",
    "{{ value|upper|e }}",
    "{{ value|safe }}",
    "{{ value|forceescape }}",
    "{{ value|tojson }}",
    "{{ value|urlencode }}",
    "{{ value|urlize }}",
    "{{ value|length }}",
    "{{ value == 'a' }}",
    "{{ value is defined }}",
    "{{ not value }}",
    "{{ 'yes' if value else 'no' }}",
    "{{ 1 + 2 }}",
    "{{ 'text' }}",
    "{{ none }}",
    "{% for one in [value] %}{{ loop.index }}{% endfor %}",
    "{% set text = value %}",
    "{% raw %}{{ value }}{% endraw %}",
    "{# {{ value }} #}",
    "{% autoescape true %}{{ value }}{% endautoescape %}",
    "{% autoescape false %}{{ value }}{% endautoescape %}",
    "{% filter e %}{{ value }}{% endfilter %}",
    "<p{{ {'class': value}|xmlattr }}>",
)
# Where it depends on what a function gives.
UNKNOWN = (
    "{{ function('a') }}",
    "{{ form.field(id='a') }}",
    "{{ value|markdown }}",
    "{{ url_for('a', name='b') }}",
)
# Vue, Angular, Go, Django, and texts with braces: Jinja raises an error.
NO_TEMPLATES = (
    "{{ a ? b : c }}",
    "{{ a && b }}",
    "{{ $t('a') }}",
    "{{ a | date:'short' }}",
    "{{ .Values.a }}",
    "{% load static %}",
    "{% csrf_token %}",
    "{{ it's }}",
    "{# never ends ",
    "{{ ",
)
LOADING = (
    ("{% extends 'a.html' %}", ("a.html",)),
    ("{% include ['a', 'b'] ignore missing %}", ("a", "b")),
    ('{%- import "a" as b -%}', ("a",)),
    ("{% from 'a' import b, c with context %}", ("a",)),
    ("{% extends 'a' if b else 'c' %}", ("a", "c")),
    ("{% include name %}", ()),
    ("{{ include('a') }}", ()),
)
