package domain

// SystemActor is who acts where no person does: policies, the scheduler and imports started from the command line.
var SystemActor = DerivedID[Employee]("system")
