"""Northwind Air, an invented airline, and a day of its customers, played on Harbour."""
