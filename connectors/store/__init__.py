"""The durable truth in SQL: schema, migrations, repositories of plain functions."""
