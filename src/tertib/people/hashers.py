"""How passwords are kept: argon2id. Django's parallelism of 8 took 0.3-1.5 s on two cores."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 64 * 1024  # KiB; OWASP asks for at least 19 MiB at this time cost
    parallelism = 2
