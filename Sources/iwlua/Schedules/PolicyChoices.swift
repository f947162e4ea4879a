import ArgumentParser
public import Scheduler

// Words that flags take.
extension SchedulePolicy.Overlap: Choice {}
extension SchedulePolicy.CatchUp: Choice {}
