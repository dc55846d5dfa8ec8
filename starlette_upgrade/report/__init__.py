"""From results to text: pure functions, one module per output format."""
