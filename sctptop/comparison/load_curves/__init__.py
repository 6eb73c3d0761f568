"""Load curves: how long registrations take by the load under which they began, and from which load on it climbs."""
