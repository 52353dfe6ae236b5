"""Settings, Networks: accounts and their health, connecting them, what each network can do."""
