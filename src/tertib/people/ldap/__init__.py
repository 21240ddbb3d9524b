"""Reading a directory by LDAP (RFC 4511): bind, StartTLS, a search page by page; nothing else.

Over the standard library alone: of the known packages one has had no release for five years, and
the others need a compiler on the machine that installs Tertib.
"""
