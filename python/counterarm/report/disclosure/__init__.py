"""Statistical disclosure control: counts of few people are hidden."""
