#include "dispatch.hpp"

#include <atomic>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace poolkit {
namespace {

struct InstructionSet {
    const char* name;
    Kernel (*find)(Operation, Element);
    bool (*runs_here)();
};

const InstructionSet known[] = {
#ifdef POOLKIT_X86_64
    {"avx512", avx512::find,
     [] {
         return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") != 0;
     }},
    {"avx2", avx2::find,
     [] {
         return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                __builtin_cpu_supports("f16c") != 0;
     }},
#endif
    {"baseline", baseline::find, [] { return true; }},
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

// One thread's scratch, freed with it.
class ScratchMemory {
public:
    explicit ScratchMemory(const Rows& rows) {
        scratch_ = {allocate(rows.padded_values * widest), allocate(rows.folded_values * widest),
                    allocate(rows.ends_values * widest),
                    static_cast<const void**>(allocate(rows.most_folded * sizeof(void*)))};
    }
    const Scratch& get() const { return scratch_; }

private:
    static constexpr std::int64_t widest = 8;  // bytes of the widest element
    static constexpr std::align_val_t cache_line{64};

    struct Free {
        void operator()(void* memory) const { ::operator delete(memory, cache_line); }
    };

    void* allocate(std::int64_t bytes) {
        owned_.emplace_back(::operator new(static_cast<std::size_t>(bytes) + 64, cache_line));
        return owned_.back().get();
    }

    std::vector<std::unique_ptr<void, Free>> owned_;
    Scratch scratch_;
};

}  // namespace

std::vector<std::string> instruction_sets() {
    std::vector<std::string> names;
    for (const InstructionSet& set : known)
        if (set.runs_here()) names.emplace_back(set.name);
    return names;
}

std::string instruction_set() { return in_use().name; }

void set_instruction_set(const std::string& name) { chosen.store(&named(name)); }

Kernel find_kernel(Operation operation, Element element) {
    return in_use().find(operation, element);
}

void run(const Rows& rows, Kernel kernel, std::int64_t threads) {
    threads = threads < rows.count ? threads : rows.count;
    if (threads <= 1) {
        if (rows.count > 0) kernel(rows, 0, rows.count, ScratchMemory(rows).get());
        return;
    }
    std::exception_ptr failure;
    std::atomic<bool> failed{false};
    auto work = [&](std::int64_t number) {
        try {
            const ScratchMemory scratch(rows);
            kernel(rows, rows.count * number / threads, rows.count * (number + 1) / threads, scratch.get());
        } catch (...) {
            if (!failed.exchange(true)) failure = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    others.reserve(static_cast<std::size_t>(threads));
    std::int64_t started = 1;
    try {
        for (; started < threads; ++started) others.emplace_back(work, started);
    } catch (const std::system_error&) {
        // The system gives no more threads; this one does their share.
    }
    work(0);
    for (; started < threads; ++started) work(started);
    for (std::thread& other : others) other.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace poolkit
