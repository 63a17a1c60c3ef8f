"""What every request passes: access, parameters, answers, malformed requests, proxies, descriptors."""
