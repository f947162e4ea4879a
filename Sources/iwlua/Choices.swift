public import ArgumentParser
public import IwinvCatalog
public import IwinvModel

// Sets of words that flags and settings take.
extension FirewallFamily: ExpressibleByArgument {}
extension CloudProfile: ExpressibleByArgument {}
