"""What the law and the office say, as pure functions over plain data.

Nothing here knows Flask, SQLAlchemy or the clock: callers bring the facts, the frozen `Policy` and the day.
"""
