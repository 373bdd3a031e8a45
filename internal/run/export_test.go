package run

// DoctorLine is exported for tests.
var DoctorLine = doctorLine
