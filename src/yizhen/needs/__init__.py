"""What people need: their requests at the door, the questions that offices ask them, and what talents need."""
