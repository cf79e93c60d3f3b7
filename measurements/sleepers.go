// The peer in Go of the measurement `sleepers`: goroutines that sleep.
//
//	sleepers_go <tasks> <durations> <seconds> <spread>
//
// Task i sleeps `seconds` and a share of `spread`, of so many different lengths, as in
// examples_2026_11_22_10_00/sleepers.hpp. Prints one line of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type report struct {
	Version string  `json:"version"`
	Created float64 `json:"created_seconds"`
	Woken   float64 `json:"woken_seconds"`
	First   float64 `json:"first_woken_seconds"`
	CPU     float64 `json:"cpu_seconds"`
	Memory  int64   `json:"memory_bytes"`
	Count   int64   `json:"woken"`
}

func length(task uint64, durations uint64, seconds, spread float64) time.Duration {
	hash := task * 2654435761 & 0xffffffff
	step := float64(hash*durations>>32) / float64(durations)
	return time.Duration((seconds + spread*step) * 1e9)
}

func main() {
	if len(os.Args) != 5 {
		fail("usage: sleepers_go <tasks> <durations> <seconds> <spread>")
	}
	tasks := must(strconv.ParseUint(os.Args[1], 10, 32))
	durations := must(strconv.ParseUint(os.Args[2], 10, 33))
	seconds := must(strconv.ParseFloat(os.Args[3], 64))
	spread := must(strconv.ParseFloat(os.Args[4], 64))

	before, cpu := status("VmRSS:"), cpuSeconds()
	start := time.Now()
	var sleeping, awake sync.WaitGroup
	var count atomic.Int64
	var first float64
	sleeping.Add(int(tasks))
	awake.Add(int(tasks))
	for i := uint64(0); i < tasks; i++ {
		go func(i uint64) {
			sleeping.Done()
			time.Sleep(length(i, durations, seconds, spread))
			if count.Add(1) == 1 {
				first = time.Since(start).Seconds()
			}
			awake.Done()
		}(i)
	}
	sleeping.Wait()
	created := time.Since(start).Seconds()
	awake.Wait()
	woken := time.Since(start).Seconds()
	json.NewEncoder(os.Stdout).Encode(report{
		Version: runtime.Version(), Created: created, Woken: woken, First: first,
		CPU: cpuSeconds() - cpu, Memory: status("VmHWM:") - before, Count: count.Load()})
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) * 1e-9
}

// A number of bytes that the kernel gives in kB.
func status(name string) int64 {
	text := must(os.ReadFile("/proc/self/status"))
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == name {
			return must(strconv.ParseInt(words[1], 10, 64)) * 1024
		}
	}
	fail("/proc/self/status has no " + name)
	return 0
}

func must[T any](value T, err error) T {
	if err != nil {
		fail(err.Error())
	}
	return value
}

func parse[T any](value T, err error) T { return must(value, err) }

func fail(message string) {
	fmt.Fprintln(os.Stderr, "sleepers_go: "+message)
	os.Exit(1)
}
