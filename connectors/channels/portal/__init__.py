"""Web portals and letter-boxes of departments, by signed webhooks both ways."""
