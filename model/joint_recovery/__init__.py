"""Recovery of Info Mart and of the Configuration Database after one and the same disaster.

Can both be recovered after the loss of one site, in whatever order their two guides leave open?
"""
