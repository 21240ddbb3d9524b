"""The same argon2id as in use, with little work: most tests are not about how long it takes."""

from tertib.people.hashers import Argon2


class Quick(Argon2):
    time_cost = 1
    memory_cost = 64  # KiB
    parallelism = 1
