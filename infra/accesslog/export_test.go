package accesslog

// Narrow leaves room for so many entries to wait.
func (l *Log) Narrow(size int) { l.size = size }
