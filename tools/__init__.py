"""Scripts that build, run and picture the plugin; none of this is shipped."""
