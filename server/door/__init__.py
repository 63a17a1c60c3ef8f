"""What every request passes: access, problems, malformed requests, proxies, descriptors."""
