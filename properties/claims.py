"""What the published documents claim about their own designs: the rows of the traceability matrix.

Every line says, in our words, one promise that a document makes, and where. Whether it holds is for the properties to
decide; a claim that no property names has none yet.
"""

from properties.cms_ha.claims import CALL_MANAGEMENT_SYSTEM
from properties.configuration_database.claims import CONFIGURATION_DATABASE
from properties.info_mart.claims import ACTIVE_ACTIVE_INFO_MART, ACTIVE_STANDBY_INFO_MART, INFO_MART
from properties.logger_hds.claims import HISTORICAL_DATA

CLAIMS = (
    *INFO_MART,
    *ACTIVE_ACTIVE_INFO_MART,
    *ACTIVE_STANDBY_INFO_MART,
    *CONFIGURATION_DATABASE,
    *HISTORICAL_DATA,
    *CALL_MANAGEMENT_SYSTEM,
)
"""All claims, in the order of the matrix."""
