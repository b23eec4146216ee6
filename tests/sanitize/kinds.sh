# shellcheck shell=bash disable=SC2034  # read by those that source it
# kind asan|modules|tsan: what the compiler is told (FLAGS), and which libraries a process of Python's needs
# before all others (RUNTIME), because the interpreter itself was built without.
kind() {
    case $1 in
    asan | modules)
        FLAGS='-fsanitize=address,undefined -fno-omit-frame-pointer -g1 -U_FORTIFY_SOURCE'
        RUNTIME=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)
        ;;
    tsan)
        FLAGS='-fsanitize=thread -fno-omit-frame-pointer -g1 -U_FORTIFY_SOURCE'
        RUNTIME=$(gcc -print-file-name=libtsan.so)
        ;;
    *)
        echo "none of asan, modules, tsan: $1" >&2
        exit 1
        ;;
    esac
}
