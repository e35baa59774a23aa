"""Work that other machines do for this one: what is sent, where it is done, and who is refused."""
