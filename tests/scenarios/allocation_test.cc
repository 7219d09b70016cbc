#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "drawn_cases.h"
#include "stunt/motion_models/performer.h"
#include "stunt/sim/site.h"

// A step asks the heap for nothing: its time is its own. This binary counts every call of operator new.

namespace {
std::atomic<long> allocations = 0;

void* Counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

void* operator new(std::size_t size) { return Counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return Counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace stunt::scenarios {
namespace {

struct Counts {
  long steps = 0;
  long that_allocate = 0;
};

// Performs a case with four probes and counts the steps that allocate.
Counts Perform(const Case& c) {
  const motion_models::Motion motion = motion_models::LoadMotion(c.motion_file);
  motion_models::Performer performer(motion, c.parameters, c.subject, c.key.Derive("motion"),
                                     {.dt = 1e-3, .tail_s = 3});
  std::vector<sim::SiteProbe> probes;
  for (const char* site : {"left_wrist", "right_wrist", "left_ear", "left_pocket"}) {
    probes.emplace_back(sim::FindSite(performer.body().skeleton(), site), performer.body());
  }
  Counts counts;
  while (!performer.Done()) {
    const long before = allocations;
    performer.Step();
    for (sim::SiteProbe& probe : probes) (void)probe.Sample(performer.body(), performer.input().gravity);
    ++counts.steps;
    if (allocations != before) ++counts.that_allocate;
  }
  return counts;
}

TEST(Allocation, CounterSeesAllocations) {
  const long before = allocations;
  std::vector<double> values(100);
  EXPECT_EQ(values.size(), 100u);
  EXPECT_EQ(allocations, before + 1);
}

// The two exceptions are single steps: at the first contact a fall's further tracks are read, and whoever gets up again
// begins with tracks of its own.
TEST(Allocation, NoStepAllocatesButThatOfAFirstContact) {
  const test::DrawnCases cases;
  for (std::uint64_t i = 0; i < cases.scenarios(); i += 4) {
    const Case c = cases.Make(i);
    const Counts counts = Perform(c);
    EXPECT_GT(counts.steps, 1000);
    EXPECT_LE(counts.that_allocate, 2) << c.scenario_id;
  }
}

}  // namespace
}  // namespace stunt::scenarios
