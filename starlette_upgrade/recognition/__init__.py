"""Which error is this? From what a person pastes to the errors and rules that know it."""
