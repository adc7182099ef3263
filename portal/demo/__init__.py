"""The demonstration university: invented people, each situation a student can be in, drawn portraits."""
