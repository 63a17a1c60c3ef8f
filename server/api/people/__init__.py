"""What a person played: streak, milestones, viewing time, years."""
