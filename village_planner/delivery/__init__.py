"""The package that is submitted: writing it, reading it back, inspecting it."""
