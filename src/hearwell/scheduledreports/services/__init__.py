"""What is done to scheduled reports: `orders` are kept, `letters` sent once, `stops` respected."""
