# Imports a member of an installed wheel, in whatever Python. Arguments: the folder, the member, its dotted name.
import sys

folder, member, dotted = sys.argv[1:]
sys.path.insert(0, folder)
try:
    __import__(dotted)
except ImportError as error:
    # Whose fault it is does not matter: other packages are not installed here. The file itself is the question.
    sys.stderr.write("import %s: %s\n" % (dotted, error))
    path = folder + "/" + member
    if sys.version_info[0] == 2:
        import imp

        imp.load_dynamic(dotted, path)
    else:
        from importlib import machinery, util

        loader = machinery.ExtensionFileLoader(dotted, path)
        util.module_from_spec(util.spec_from_file_location(dotted, path, loader=loader))
