"""A cluster of Towncrier nodes on one machine: what `scripts/cluster` and the cluster's tests are made of."""

from .cluster import Cluster
from .processes import ClusterError

__all__ = ["Cluster", "ClusterError"]
