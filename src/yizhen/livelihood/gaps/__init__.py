"""One page of livelihood gaps: indicators, facilities, and the projects that answer them."""
