public import ArgumentParser
public import Scheduler

// Words that flags take.
extension SchedulePolicy.Overlap: ExpressibleByArgument {}
extension SchedulePolicy.CatchUp: ExpressibleByArgument {}
