"""Source text with libcst: lists of arguments, line breaks, edits of single expressions."""
