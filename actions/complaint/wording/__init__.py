"""How people talk to the hotline: yes, no, skip, another matter, how long will it take."""
