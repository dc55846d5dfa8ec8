"""The changes that resolve findings: planned on the syntax tree, carried out with libcst, verified, written."""
