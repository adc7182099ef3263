"""The way to the ministry: one narrow port (`port`) and the connector that speaks JSON over HTTP (`http`)."""
