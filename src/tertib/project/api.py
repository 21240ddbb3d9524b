"""The API for machines: every room's router under one address, described in one place."""

from ninja import NinjaAPI

from tertib.compliance.api import router as compliance
from tertib.evidence.api import router as evidence

api = NinjaAPI(
    title="Tertib",
    version="1",
    urls_namespace="api",
    docs_url=None,  # its page loads scripts from elsewhere, which our CSP refuses
    openapi_url=None,
)
api.add_router("", evidence)
api.add_router("", compliance)
