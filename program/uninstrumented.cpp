// Linked into programs under ThreadSanitizer whose loops run in libraries that are
// built without it, oneTBB and OpenMP's. It can't see how these order what their
// threads do, and would report races that there are not.
extern "C" const char* __tsan_default_suppressions();

const char* __tsan_default_suppressions() {
  return "race:tbb::detail\nrace:libtbb.so\nrace:_omp_fn\nrace:libgomp.so\n";
}
