"""What a server does without being asked: ticking, trimming, watching Redis, clocks and disks."""
