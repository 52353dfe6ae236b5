"""The screens of those who run the house: networks, people, promises, audit trail."""
