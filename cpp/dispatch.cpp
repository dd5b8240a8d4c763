#include "dispatch.hpp"

#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace poolkit {
namespace {

struct InstructionSet {
    const char* name;
    Kernel (*find)(Operation, Element, bool);
    Scatter (*find_scatter)(Element, bool);
    SmoothKernel (*find_smooth)(const Smooth&, Element);
    bool (*runs_here)();
};

const InstructionSet known[] = {
#ifdef POOLKIT_X86_64
    {"avx512", avx512::find, avx512::find_scatter, avx512::find_smooth,
     [] {
         return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") != 0;
     }},
    {"avx2", avx2::find, avx2::find_scatter, avx2::find_smooth,
     [] {
         return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                __builtin_cpu_supports("f16c") != 0;
     }},
#endif
    {"baseline", baseline::find, baseline::find_scatter, baseline::find_smooth, [] { return true; }},
};

const InstructionSet& named(const std::string& name) {
    std::string runnable;
    for (const InstructionSet& set : known) {
        if (!set.runs_here()) continue;
        if (name == set.name) return set;
        runnable += runnable.empty() ? "" : ", ";
        runnable += set.name;
    }
    throw std::invalid_argument("the instruction set must be one this machine can run (" + runnable +
                                "); got '" + name + "'.");
}

std::atomic<const InstructionSet*> chosen{nullptr};

const InstructionSet& in_use() {
    const InstructionSet* set = chosen.load();
    if (set == nullptr) {
        const char* wanted = std::getenv("POOLKIT_INSTRUCTION_SET");
        set = &named(wanted != nullptr && *wanted != '\0' ? wanted : instruction_sets().front());
        chosen.store(set);
    }
    return *set;
}

}  // namespace

std::vector<std::string> instruction_sets() {
    std::vector<std::string> names;
    for (const InstructionSet& set : known)
        if (set.runs_here()) names.emplace_back(set.name);
    return names;
}

std::string instruction_set() { return in_use().name; }

void set_instruction_set(const std::string& name) { chosen.store(&named(name)); }

Kernel find_kernel(Operation operation, Element element, bool long_indices) {
    return in_use().find(operation, element, long_indices);
}

Scatter find_scatter(Element element, bool long_indices) {
    return in_use().find_scatter(element, long_indices);
}

SmoothKernel find_smooth(const Smooth& smooth, Element element) {
    return in_use().find_smooth(smooth, element);
}

}  // namespace poolkit
