"""What the CMS High Availability page promises, in the order of its claims; a module a theme."""

# The order of these lines is that of the properties in all output.
# isort: off
from properties.cms_ha.collection import *  # noqa: F403  # its promises are this design's
from properties.cms_ha.missing_data import *  # noqa: F403  # its promises are this design's
from properties.cms_ha.hardware_and_power import *  # noqa: F403  # its promises are this design's
from properties.cms_ha.restores import *  # noqa: F403  # its promises are this design's
from properties.cms_ha.upgrades import *  # noqa: F403  # its promises are this design's
from properties.cms_ha.nothing_lost import *  # noqa: F403  # its promises are this design's
from properties.cms_ha.recovery_times import *  # noqa: F403  # its promises are this design's
from properties.cms_ha.objectives import *  # noqa: F403  # its disruptions and what they are measured by
from properties.cms_ha.parts import *  # noqa: F403  # its promises are this design's
