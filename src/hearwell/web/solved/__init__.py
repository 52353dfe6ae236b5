"""What a customer sees who presses an answer in an e-mail."""
