from tertib.governance.tests.conftest import office as office
