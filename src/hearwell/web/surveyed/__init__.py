"""What a customer sees who follows the link of a survey."""
