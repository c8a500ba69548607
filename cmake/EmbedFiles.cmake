# Writes a C++ source and an assembler source that hold files as they are:
#   cmake -DOUT=<path without suffix> -DPAGE=<dist folder> -DTOWN=<town.toml> -P EmbedFiles.cmake
file(GLOB_RECURSE page_files RELATIVE "${PAGE}" "${PAGE}/*")
list(SORT page_files)
set(assembly "    .section .rodata\n")
set(declarations "")
set(entries "")
set(count 0)
function(embed path file)
  string(APPEND assembly "    .global towncrier_embedded_${count}\n    .global towncrier_embedded_${count}_end\n"
    "    .balign 16\ntowncrier_embedded_${count}:\n    .incbin \"${file}\"\ntowncrier_embedded_${count}_end:\n    .byte 0\n")
  string(APPEND declarations "extern \"C\" const char towncrier_embedded_${count}[];\n"
    "extern \"C\" const char towncrier_embedded_${count}_end[];\n")
  string(APPEND entries "    {\"${path}\", {towncrier_embedded_${count}, static_cast<std::size_t>("
    "towncrier_embedded_${count}_end - towncrier_embedded_${count})}},\n")
  math(EXPR count "${count} + 1")
  foreach(name assembly declarations entries count)
    set(${name} "${${name}}" PARENT_SCOPE)
  endforeach()
endfunction()
embed("town.toml" "${TOWN}")
foreach(file IN LISTS page_files)
  embed("page/${file}" "${PAGE}/${file}")
endforeach()
file(WRITE "${OUT}.S" "${assembly}    .section .note.GNU-stack,\"\",@progbits\n")
file(WRITE "${OUT}.cpp" "#include \"nodes/static_pages.hpp\"\n\n${declarations}\nnamespace towncrier::node {\n\n"
  "const embedded_file embedded_files[] = {\n${entries}};\nconst std::size_t embedded_file_count = ${count};\n\n"
  "} // namespace towncrier::node\n")
