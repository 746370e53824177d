"""A local server that behaves as the five Seedream gateways do, with every fault they are known or feared for."""

from sandbox.seedream.server import PretendSeedream

__all__ = ["PretendSeedream"]
