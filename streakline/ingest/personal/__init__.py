"""Personal events at the edge: freezes, pauses, repairs and settings, as events and by endpoints of their own."""
