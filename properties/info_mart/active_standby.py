"""What the active-standby Info Mart design promises, claim by claim; a module a theme."""

# The order of these lines is that of the properties in all output.
# isort: off
from properties.info_mart.standby_parts import *  # noqa: F403  # its promises are this design's too
from properties.info_mart.shared import *  # noqa: F403  # its promises are this design's
from properties.info_mart.recovery_times import *  # noqa: F403  # its promises are this design's
from properties.info_mart.single_failures import *  # noqa: F403  # its promises are this design's
from properties.info_mart.standby_replication import *  # noqa: F403  # its promises are this design's
from properties.info_mart.standby_loss import *  # noqa: F403  # its promises are this design's
from properties.info_mart.standby_procedure import *  # noqa: F403  # its promises are this design's
from properties.info_mart.standby_objectives import *  # noqa: F403  # its promises are this design's
