"""Parameters that both ways of returning to normal operation have."""

from typing import Annotated
from typing import Literal as OneOf

from drcheck import ParameterRole

RecoveryLeft = Annotated[
    OneOf["removed", "disabled", "either"],
    "what step 3 of the recovery did with the connections to the lost site's ICONs and IDBs",
    ParameterRole.DEPLOYMENT,
]
IconObjects = Annotated[
    OneOf["new", "reused", "either"],
    "whether ICONs and IDBs of the new site have new objects, or reuse the lost site's, as step 3 suggests",
    ParameterRole.DEPLOYMENT,
]
EveryConnection = Annotated[
    bool,
    "whether step 14c adds every connection that is missing, not those of new objects only",
    ParameterRole.REPAIR,
]
