"""What the Logger page promises of records: where they arrive, in which order, and after which failures; a module a theme."""

# The order of these lines is that of the properties in all output.
# isort: off
from properties.logger_hds.two_sides import *  # noqa: F403  # its promises are this design's
from properties.logger_hds.recovery_keys import *  # noqa: F403  # its promises are this design's
from properties.logger_hds.recovery import *  # noqa: F403  # its promises are this design's
from properties.logger_hds.replication import *  # noqa: F403  # its promises are this design's
from properties.logger_hds.completeness import *  # noqa: F403  # its promises are this design's
from properties.logger_hds.historical_data_servers import *  # noqa: F403  # its promises are this design's
from properties.logger_hds.objectives import *  # noqa: F403  # its disruptions and notices
from properties.logger_hds.parts import *  # noqa: F403  # its promises are this design's
